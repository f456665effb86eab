"""Publications: each goes out once and only once, and until it is out everybody can see why."""
