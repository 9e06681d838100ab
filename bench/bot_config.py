"""The settings of a bot in the sandbox."""

from __future__ import annotations

CONFIG = """[discord]
api_url = "http://127.0.0.1:{port}/api/v10"
gateway_url = "ws://127.0.0.1:{port}/gateway/"
authorize_url = "http://127.0.0.1:{port}/oauth2/authorize"
[display]
image_gateways = ["http://127.0.0.1:{port}/ipfs/"]
[[source]]
name = "loopring"
kind = "loopring"
base_url = "http://127.0.0.1:{port}/loopring"
requests_per_second = {per_second}
[[source]]
name = "ethereum"
kind = "blockscout"
base_url = "http://127.0.0.1:{port}/blockscout/1/api/v2"
chain_id = 1
requests_per_second = {per_second}
[store]
path = "{store}"
[sync]
interval_minutes = {interval}
[web]
{web}
"""
NO_PAGE = "port = 0"
# Visitors come through a proxy that names their addresses, which is the bench itself.
PAGE = """port = {page_port}
public_url = "{page_url}"
trusted_proxies = ["127.0.0.1/32"]"""
