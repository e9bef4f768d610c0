import os

from flask import Flask

from models import Tweet, db


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///twitter.db")
    db.init_app(app)

    @app.get("/")
    def tweets():
        return [{"user": tweet.user.name, "text": tweet.text} for tweet in Tweet.query]

    return app
