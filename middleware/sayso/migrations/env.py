"""What Alembic runs: our migrations on the connection we were handed; the transaction is the caller's."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="sayso_alembic_version",
    transactional_ddl=False,
)
context.run_migrations()
