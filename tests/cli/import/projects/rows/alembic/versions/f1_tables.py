"""tables"""
import sqlalchemy as sa
from alembic import op

revision = "f1"
down_revision = None


def upgrade():
    op.create_table("people", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text), sa.Column("slug", sa.Text))
    op.create_table("pets", sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def downgrade():
    op.drop_table("pets")
    op.drop_table("people")
