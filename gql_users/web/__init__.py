"""What the HTTP doors share: who is asking, what every answer carries, and what no request may do."""
