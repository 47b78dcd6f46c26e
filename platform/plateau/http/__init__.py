"""What every API view shares: refusals, problem+json, paging, permissions, validation, limits."""
