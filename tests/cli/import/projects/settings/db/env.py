from alembic import context

context.configure(
    url=context.config.get_main_option("sqlalchemy.url"),
    version_table="shop_version",
    version_table_schema="meta",
    literal_binds=True,
)
with context.begin_transaction():
    context.execute("SET search_path = public")
    context.run_migrations()
