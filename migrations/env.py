"""The entrance of Alembic. Its connection comes from ``citizen_portal/schema.py``."""

from alembic import context

import citizen_portal.app  # noqa: F401  (brings in every slice's tables)
from citizen_portal import schema
from citizen_portal.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    compare_server_default=True,
    include_name=schema.described,
)
with context.begin_transaction():
    context.run_migrations()
