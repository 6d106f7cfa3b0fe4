"""COLLECTO: the Django project, and the only place that knows everything."""
