"""one table in each"""
import sqlalchemy as sa
from alembic import op

revision = "g1"
down_revision = None


def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()


def downgrade(engine_name):
    globals()["downgrade_%s" % engine_name]()


def upgrade_users():
    op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))


def downgrade_users():
    op.drop_table("users")


def upgrade_orders():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("data", sa.JSON))


def downgrade_orders():
    op.drop_table("orders")
