"""What every API view shares: errors, problem+json, paging, validation, limits."""
