"""Work that is due: rows with a lease, a sweep that finds them, a dispatcher that hands them out."""
