"""What people see: pages, fragments, components, by place."""
