"""What a running installation says of itself: logs, metrics, traces, health."""
