"""customers and stock

Revision ID: 7c2be04f8d96
Revises: 5a7d3c08e1f2, 6b14f95ad7c3
Create Date: 2021-05-17 09:30:00.000000

"""
import sqlalchemy as sa
from alembic import op

revision = "7c2be04f8d96"
down_revision = ("5a7d3c08e1f2", "6b14f95ad7c3")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
