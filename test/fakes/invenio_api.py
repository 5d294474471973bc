"""A minimal Invenio API: accounts, OAuth 2, rate limits, secure headers and CSRF, as their packages have them, with SQLite."""

import os

from flask import jsonify, request, url_for
from flask_login import current_user, login_required
from flask_security.utils import hash_password
from invenio_accounts.proxies import current_datastore
from invenio_app.factory import create_api
from invenio_db import db
from invenio_oauth2server import require_api_auth
from invenio_oauth2server.models import Token

here = os.path.dirname(os.path.abspath(__file__))
app = create_api(
    SECRET_KEY="a secret of the test",
    SECURITY_PASSWORD_SALT="salt",
    SQLALCHEMY_DATABASE_URI="sqlite:///" + os.path.join(here, "test.db"),
    REST_CSRF_ENABLED=True,
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
    ACCOUNTS_USERINFO_HEADERS=True,
    RATELIMIT_GUEST_USER="12 per minute",
)


@app.route("/seen")
def seen():
    return jsonify(
        host=request.host,
        scheme=request.scheme,
        address=request.remote_addr,
        absolute=url_for("seen", _external=True),
        environ={key: value for key, value in request.environ.items() if key.startswith("HTTP_")},
    )


@app.route("/mine")
@login_required
def mine():
    return jsonify(email=current_user.email)


@app.route("/change", methods=["POST"])
@login_required
def change():
    return jsonify(changed=True)


@app.route("/by-token")
@require_api_auth()
def by_token():
    return jsonify(email=request.oauth.user.email)


@app.route("/leads-on")
def leads_on():
    return "", 302, {"Location": url_for("seen", _external=True)}


with app.app_context():
    db.create_all()
    if current_datastore.get_user("ada@example.org") is None:
        ada = current_datastore.create_user(
            email="ada@example.org", password=hash_password("analytical engine"), active=True
        )
        db.session.commit()
        token = Token.create_personal("test", ada.id, scopes=[])
        db.session.commit()
        with open(os.path.join(here, "token.txt"), "w") as file:
            file.write(token.access_token)
