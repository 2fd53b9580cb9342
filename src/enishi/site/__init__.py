"""The Django project: settings, routes, the `enishi` command line."""
