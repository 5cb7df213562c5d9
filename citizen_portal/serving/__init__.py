"""The web server: how the portal is served over HTTP, and what callers may cost it.

``citizen-portal serve`` is gunicorn with a worker of our own (``worker``), which gives each caller
a bounded time (``callers``) and has the app work on whole requests alone (``turns``). ``bounds``
says how much; ``deploy/nginx.conf`` says the same to the public.
"""
