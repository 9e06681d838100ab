"""OAuth2 as an application meets it: the authorization page, codes and tokens, and what is refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from sandbox.discord.oauth import CLIENT_SECRET
from sandbox.world import APPLICATION_ID, BOT_TOKEN
from tests.sandbox.discord_client import ADA, BEN, DiscordHarness, Json, harness
from tests.sandbox.serving import serving

REDIRECT = "http://127.0.0.1:8080/oauth/cb"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CLIENT = {"client_id": str(APPLICATION_ID), "client_secret": CLIENT_SECRET}
INVALID_CODE = {"error": "invalid_grant", "error_description": 'Invalid "code" in request.'}
AUTHORIZATION = {
    "response_type": "code",
    "client_id": str(APPLICATION_ID),
    "scope": "identify",
    "redirect_uri": REDIRECT,
    "state": "a state/+ü",
    "prompt": "consent",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class OAuthApplication(DiscordHarness):
    """The sandbox, and the server of an application that logs people in."""

    clock: Clock

    def authorize_url(self, **changed: str | None) -> str:
        """The address that a browser is sent to; None leaves a parameter out."""
        return (
            self.address
            + "/oauth2/authorize?"
            + urlencode({k: v for k, v in {**AUTHORIZATION, **changed}.items() if v})
        )

    async def answer(self, url: str, *, user: int = BEN, approve: bool = True) -> dict[str, str]:
        """What a person's answer brings to the redirect URI."""
        status, body = await self.post("/authorize", {"url": url, "user": str(user), "approve": approve})
        assert status == 200, body
        assert body["location"].startswith(REDIRECT + "?")
        return {name: value for name, [value] in parse_qs(urlsplit(body["location"]).query).items()}

    async def code(self, user: int = BEN, /, **changed: str | None) -> str:
        """A fresh code."""
        return (await self.answer(self.authorize_url(**changed), user=user))["code"]

    async def form(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> tuple[int, Any]:
        """A form, as applications send it: status and body."""
        url = f"{self.address}/api/v10/oauth2/{path}"
        async with self.session.post(url, data=fields, headers=headers or {}) as answer:
            assert answer.headers["Content-Type"] == "application/json"
            return answer.status, await answer.json()

    async def exchange(self, code: str, /, **changed: str | None) -> tuple[int, Any]:
        """A code for tokens; None leaves a field out."""
        fields = {
            **CLIENT,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **changed,
        }
        return await self.form("token", **{name: value for name, value in fields.items() if value is not None})

    async def log_in(self, user: int = BEN) -> Json:
        """Tokens of a person."""
        status, tokens = await self.exchange(await self.code(user))
        assert status == 200, tokens
        answer: Json = tokens
        return answer

    async def read(self, token: str, path: str = "/users/@me") -> tuple[int, Any]:
        """What a person's token reads."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(f"{self.address}/api/v10{path}", headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def app() -> AsyncIterator[OAuthApplication]:
    clock = Clock()
    async with harness(clock=clock) as on:
        application = OAuthApplication(on.discord, on.address, on.session)
        application.clock = clock
        yield application


async def test_a_login_says_who_the_person_is_and_nothing_more(app: OAuthApplication) -> None:
    returned = await app.answer(app.authorize_url())
    assert returned["state"] == "a state/+ü"
    status, tokens = await app.exchange(returned["code"])
    assert status == 200
    assert tokens == {
        "token_type": "Bearer",
        "access_token": tokens["access_token"],
        "expires_in": 604800,
        "refresh_token": tokens["refresh_token"],
        "scope": "identify",
    }
    status, user = await app.read(tokens["access_token"])
    assert (status, user["id"], user["username"], user["global_name"]) == (200, str(BEN), "ben", "Ben")
    assert not {"email", "verified"} & user.keys()


async def test_a_token_says_what_it_is_valid_for(app: OAuthApplication) -> None:
    tokens = await app.log_in(ADA)
    status, body = await app.read(tokens["access_token"], "/oauth2/@me")
    assert status == 200
    assert body["scopes"] == ["identify"]
    assert body["application"]["name"] == "Tessera"
    assert body["user"]["id"] == str(ADA)
    status, body = await app.rest("GET", "/oauth2/@me", token=BOT_TOKEN)
    assert (status, body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_the_bot_still_reads_itself(app: OAuthApplication) -> None:
    status, body = await app.rest("GET", "/users/@me")
    assert (status, body["id"]) == (200, str(APPLICATION_ID))
    for token in ("", "unknown"):
        status, body = await app.read(token)
        assert (status, body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_a_person_can_deny(app: OAuthApplication) -> None:
    returned = await app.answer(app.authorize_url(), approve=False)
    assert returned == {
        "error": "access_denied",
        "error_description": "The resource owner or authorization server denied the request",
        "state": "a state/+ü",
    }
    assert await app.get("/oauth") == {"redirect_uris": [], "codes": 0, "tokens_alive": 0, "grants": []}


async def test_a_redirect_uri_keeps_its_own_query(app: OAuthApplication) -> None:
    _, body = await app.post(
        "/authorize", {"url": app.authorize_url(redirect_uri=REDIRECT + "?a=1"), "user": str(BEN), "approve": True}
    )
    assert body["location"].startswith(REDIRECT + "?a=1&code=")


async def test_a_code_is_valid_once(app: OAuthApplication) -> None:
    code = await app.code()
    assert (await app.exchange(code))[0] == 200
    assert await app.exchange(code) == (400, INVALID_CODE)


async def test_a_code_expires_after_a_minute(app: OAuthApplication) -> None:
    early, late = await app.code(), await app.code()
    app.clock.now += 59.9
    assert (await app.exchange(early))[0] == 200
    assert (await app.get("/oauth"))["codes"] == 1
    app.clock.now += 0.1
    assert await app.exchange(late) == (400, INVALID_CODE)
    assert (await app.get("/oauth"))["codes"] == 0


async def test_a_token_expires_after_a_week(app: OAuthApplication) -> None:
    token = (await app.log_in())["access_token"]
    app.clock.now += 604_799
    assert (await app.read(token))[0] == 200
    app.clock.now += 1
    assert (await app.read(token))[0] == 401
    assert (await app.get("/oauth"))["tokens_alive"] == 0


@pytest.mark.parametrize(
    ("changed", "status", "error", "description"),
    [
        ({"code": ""}, 400, "invalid_request", 'Missing "code" in request.'),
        ({"code": "unknown"}, 400, "invalid_grant", 'Invalid "code" in request.'),
        ({"redirect_uri": REDIRECT + "/"}, 400, "invalid_grant", 'Invalid "redirect_uri" in request.'),
        ({"redirect_uri": None}, 400, "invalid_grant", 'Invalid "redirect_uri" in request.'),
        ({"code_verifier": None}, 400, "invalid_request", 'Missing "code_verifier"'),
        ({"code_verifier": "v" * 42}, 400, "invalid_request", 'Invalid "code_verifier"'),
        ({"code_verifier": "v" * 129}, 400, "invalid_request", 'Invalid "code_verifier"'),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant", 'Invalid "code_verifier"'),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "Grant type password is not supported"),
        ({"client_secret": "wrong"}, 401, "invalid_client", None),
        ({"client_secret": None}, 401, "invalid_client", None),
        ({"client_id": "1"}, 401, "invalid_client", None),
    ],
)
async def test_an_exchange_that_is_not_right_gives_no_token(
    app: OAuthApplication, changed: dict[str, str | None], status: int, error: str, description: str | None
) -> None:
    expected = {"error": error} if description is None else {"error": error, "error_description": description}
    assert await app.exchange(await app.code(), **changed) == (status, expected)
    assert (await app.get("/oauth"))["tokens_alive"] == 0


async def test_a_verifier_without_a_challenge_is_refused(app: OAuthApplication) -> None:
    plain = {"code_challenge": None, "code_challenge_method": None}
    status, body = await app.exchange(await app.code(**plain))
    assert (status, body["error"]) == (400, "invalid_grant")
    assert (await app.exchange(await app.code(**plain), code_verifier=None))[0] == 200


async def test_an_application_can_authenticate_by_http_basic(app: OAuthApplication) -> None:
    fields = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    good = {"Authorization": aiohttp.encode_basic_auth(str(APPLICATION_ID), CLIENT_SECRET)}
    bad = {"Authorization": aiohttp.encode_basic_auth(str(APPLICATION_ID), "wrong")}
    assert (await app.form("token", good, code=await app.code(), **fields))[0] == 200
    assert await app.form("token", bad, code=await app.code(), **fields) == (401, {"error": "invalid_client"})


async def test_json_is_no_form(app: OAuthApplication) -> None:
    body = {**CLIENT, "grant_type": "authorization_code", "code": await app.code(), "redirect_uri": REDIRECT}
    status, answer = await app.rest("POST", "/oauth2/token", body, token=None)
    assert (status, answer["error"]) == (400, "unsupported_grant_type")


async def test_revoking_ends_every_token_of_the_person(app: OAuthApplication) -> None:
    first, second, other = await app.log_in(), await app.log_in(), await app.log_in(ADA)
    assert await app.form("token/revoke", **CLIENT, token=first["access_token"], token_type_hint="access_token") == (
        200,
        {},
    )
    assert (await app.read(first["access_token"]))[0] == 401
    assert (await app.read(second["access_token"]))[0] == 401
    assert (await app.read(other["access_token"]))[0] == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": second["refresh_token"]}
    status, body = await app.form("token", **CLIENT, **refresh)
    assert (status, body["error"]) == (400, "invalid_grant")
    assert await app.get("/oauth") == {
        "redirect_uris": [],
        "codes": 0,
        "tokens_alive": 1,
        "grants": [
            {"user": str(BEN), "scope": "identify", "revoked": True},
            {"user": str(BEN), "scope": "identify", "revoked": True},
            {"user": str(ADA), "scope": "identify", "revoked": False},
        ],
    }


async def test_revoking_needs_authentication_and_accepts_an_unknown_token(app: OAuthApplication) -> None:
    token = (await app.log_in())["access_token"]
    status, body = await app.form("token/revoke", token=token)
    assert (status, body) == (401, {"error": "invalid_client"})
    assert (await app.form("token/revoke", **CLIENT))[1]["error"] == "invalid_request"
    assert await app.form("token/revoke", **CLIENT, token="unknown") == (200, {})
    assert (await app.read(token))[0] == 200


async def test_a_refresh_token_is_valid_once(app: OAuthApplication) -> None:
    tokens = await app.log_in()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    status, fresh = await app.form("token", **CLIENT, **refresh)
    assert status == 200
    assert (await app.read(fresh["access_token"]))[0] == 200
    assert (await app.read(tokens["access_token"]))[0] == 401
    assert (await app.form("token", **CLIENT, **refresh))[0] == 400


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": "1"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": "https://evil.example/cb"}, "redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1.evil.example/"}, "redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1@evil.example/"}, "redirect_uri"),
        ({"redirect_uri": "javascript://127.0.0.1/"}, "redirect_uri"),
        ({"redirect_uri": "http://[::1/"}, "redirect_uri"),
        ({"redirect_uri": REDIRECT + "#x"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": None}, "scope"),
        ({"scope": "identify email"}, "scope"),
        ({"code_challenge_method": "plain"}, "code_challenge_method"),
        ({"code_challenge_method": None}, "code_challenge_method"),
        ({"code_challenge": None}, "code_challenge_method"),
        ({"code_challenge": "<b>short"}, "code_challenge"),
    ],
)
async def test_a_question_that_is_not_right_is_shown_and_leads_nowhere(
    app: OAuthApplication, changed: dict[str, str | None], words: str
) -> None:
    url = app.authorize_url(**changed)
    async with app.session.get(url, allow_redirects=False) as answer:
        text = await answer.text()
    assert answer.status == 400
    assert answer.content_type == "text/html"
    assert words in text
    assert "<b>" not in text
    status, body = await app.post("/authorize", {"url": url, "user": str(BEN), "approve": True})
    assert status == 400
    assert words in body["error"]


async def test_a_parameter_is_given_once(app: OAuthApplication) -> None:
    status, body = await app.post(
        "/authorize", {"url": app.authorize_url() + "&state=other", "user": str(BEN), "approve": True}
    )
    assert (status, body["error"]) == (400, "state is given more than once")


async def test_only_registered_redirect_uris_pass_once_there_are_any(app: OAuthApplication) -> None:
    status, _ = await app.post("/oauth", {"redirect_uris": ["https://verify.example/oauth/cb"]})
    assert status == 200
    refused = {"url": app.authorize_url(), "user": str(BEN), "approve": True}
    assert (await app.post("/authorize", refused))[0] == 400
    taken = {**refused, "url": app.authorize_url(redirect_uri="https://verify.example/oauth/cb")}
    status, body = await app.post("/authorize", taken)
    assert body["location"].startswith("https://verify.example/oauth/cb?code=")
    assert (await app.post("/oauth", {"redirect_uris": "no list"}))[0] == 400
    app.discord.reset()
    assert (await app.get("/oauth"))["redirect_uris"] == []


async def test_only_people_can_approve(app: OAuthApplication) -> None:
    for user in (str(APPLICATION_ID), "1"):
        status, body = await app.post("/authorize", {"url": app.authorize_url(), "user": user, "approve": True})
        assert (status, body["error"]) == (400, "there is no such user")
    elsewhere = {"url": app.address + "/elsewhere", "user": str(BEN), "approve": True}
    assert "url is not" in (await app.post("/authorize", elsewhere))[1]["error"]


async def test_a_reset_ends_every_authorization(app: OAuthApplication) -> None:
    token, code = (await app.log_in())["access_token"], await app.code()
    app.discord.reset()
    assert (await app.read(token))[0] == 401
    assert await app.exchange(code) == (400, INVALID_CODE)


async def test_faults_apply_to_the_token_endpoint_and_the_traffic_shows_it() -> None:
    async with serving() as served:
        await served.post(
            "/_sandbox/faults", {"service": "discord", "path": "oauth2/token", "kind": "status", "status": 500}
        )
        async with served.session.post(served.address + "/api/v10/oauth2/token", data=CLIENT) as answer:
            assert answer.status == 500
        _, traffic = await served.get("/_sandbox/traffic", service="discord")
        assert [(each["path"], each["fault"]) for each in traffic["exchanges"]] == [("/api/v10/oauth2/token", "status")]
        assert CLIENT_SECRET not in str(traffic)
