"""customers

Revision ID: 5a7d3c08e1f2
Revises: 4f93b1d5206e
Create Date: 2021-05-11 13:22:31.902113

"""
import sqlalchemy as sa
from alembic import op

revision = "5a7d3c08e1f2"
down_revision = "4f93b1d5206e"
branch_labels = ("customers",)
depends_on = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(200), nullable=False),
        sa.UniqueConstraint("email", name="customers_email"),
    )


def downgrade():
    op.drop_table("customers")
