"""What every API view shares: refusals, problem+json, paging, validation, limits."""
