"""The shipped ``deploy/nginx.conf`` on loopback in front of a server, without its certificate."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from citizen_portal.demo.folder import HOST, free_ports
from tests.access.running import wait_for

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/bin", f"{sys.prefix}/nginx/usr/sbin")
NGINX = shutil.which("nginx", path=":".join(PLACES))
AROUND = """
{user}worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


@contextmanager
def in_front_of(port: int, folder: Path, *, root: bool) -> Iterator[int]:
    """The port at which nginx listens, for a server at this one."""
    assert NGINX is not None
    (ours,) = free_ports(1)
    shipped = SHIPPED.read_text()
    text = shipped.replace("listen 443 ssl;", f"listen {HOST}:{ours};")
    text = text.replace("server 127.0.0.1:8000;", f"server {HOST}:{port};")
    text = re.sub(r"^ *ssl_\w+ .*;\n", "", text, flags=re.MULTILINE)
    assert text.count("ssl") == 0, "each line about the certificate is left out here"
    (folder / "portal.conf").write_text(text)
    user = "user root;\n" if root else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen([*command, "-e", str(folder / "error.log")]) as process:
        try:
            wait_for(f"http://{HOST}:{ours}/healthz")
            yield ours
        finally:
            process.terminate()
