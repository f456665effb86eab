"""Settings: the company, its people and departments, the person's own profile and security, the audit trail."""
