"""Tools that come with Taipan."""
