"""What clients send, where several operations share it."""
