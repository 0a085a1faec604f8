"""Running unattended: one instance at a time, woken by a clock, stopped by a signal."""
