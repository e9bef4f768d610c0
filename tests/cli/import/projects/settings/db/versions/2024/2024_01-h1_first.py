"""first

   indented, with -- dashes
-- migrator:upgrade is no section here

Revision ID: h1
Revises:
Create Date: 2024-01-02 03:04:05+01:00

"""
from alembic import op

revision = "h1"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE t (id integer)")
    op.execute("ALTER TABLE meta.shop_version ALTER COLUMN version_num TYPE varchar(64)")


def downgrade():
    op.execute("DROP TABLE t")
