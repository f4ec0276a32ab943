"""Long runs that show what the service promises to hold, with figures; `python -m proofs` writes them down."""
