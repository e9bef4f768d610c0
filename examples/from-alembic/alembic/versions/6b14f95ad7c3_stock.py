"""how many are there

Revision ID: 6b14f95ad7c3
Revises: 4f93b1d5206e
Create Date: 2021-05-12 10:10:10.101010

"""
import sqlalchemy as sa
from alembic import op

revision = "6b14f95ad7c3"
down_revision = "4f93b1d5206e"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("books") as batch:
        batch.add_column(sa.Column("stock", sa.Integer, nullable=False, server_default="0"))
        batch.alter_column("title", existing_type=sa.String(200), type_=sa.String(300), existing_nullable=False)


def downgrade():
    with op.batch_alter_table("books") as batch:
        batch.alter_column("title", existing_type=sa.String(300), type_=sa.String(200), existing_nullable=False)
        batch.drop_column("stock")
