"""The studio as a service for many stages."""
