# A mail server by others, for one test: aiosmtpd with STARTTLS and a login.
#
# It listens on a free port of this machine, says which, and writes each mail that it takes as one line
# of JSON. It ends when its standard input does.
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

certificate, key, user, password = sys.argv[1:]


class Handler:
    async def handle_DATA(self, server, session, envelope):
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "login": session.authenticated,
            "raw": base64.b64encode(envelope.original_content).decode(),
        }
        print(json.dumps(taken), flush=True)
        return "250 2.0.0 taken"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user: " + address
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"


def login(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        user.encode(),
        password.encode(),
    )
    return AuthResult(success=right, handled=False, auth_data=user)


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()

    def serve():
        return SMTP(
            Handler(),
            hostname="mail.larkfield.example",
            tls_context=tls,
            require_starttls=True,
            authenticator=login,
            auth_required=True,
            enable_SMTPUTF8=True,
        )

    server = await loop.create_server(serve, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
