"""something in one of them"""
from alembic import op

revision = "g2"
down_revision = "g1"


def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()


def upgrade_users():
    pass


def downgrade_users():
    pass


def upgrade_orders():
    op.execute("COMMENT ON TABLE orders IS 'of whom is elsewhere'")


def downgrade_orders():
    op.execute("COMMENT ON TABLE orders IS NULL")
