from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class User(db.Model):
    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(30), nullable=False, unique=True)
    bio = db.Column(db.String(160), nullable=False, server_default="")


class Tweet(db.Model):
    __tablename__ = "tweets"
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey(User.id, ondelete="CASCADE"), nullable=False, index=True)
    text = db.Column(db.String(280), nullable=False)
    written = db.Column(db.DateTime(timezone=True), nullable=False, server_default=db.func.now())
    user = db.relationship(User, backref="tweets")


likes = db.Table(
    "likes",
    db.Column("user_id", db.ForeignKey(User.id, ondelete="CASCADE"), primary_key=True),
    db.Column("tweet_id", db.ForeignKey(Tweet.id, ondelete="CASCADE"), primary_key=True),
)
Tweet.liked_by = db.relationship(User, secondary=likes, backref="liked")
