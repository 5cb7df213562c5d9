"""The blueprint of the public register, which its modules of pages share."""

from flask import Blueprint

bp = Blueprint("register", __name__, url_prefix="/register")
