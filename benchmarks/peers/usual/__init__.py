"""The usual way in Python: Strawberry, FastAPI's router for it, and the ORM of SQLAlchemy."""
