"""Routes of learning curves and forecasts."""
