"""Who may open which address: one line, its addresses by name, then the roles that may.

`everybody` is every role, `members` everybody but the visitor, `nobody` none. Roles that a line
does not name are sent to sign in, or told that there is nothing at this address.

A trade or a room of the commons says it of its own addresses in `tests/access.py` of its folder:
`ACCESS`, its tables by name (`api` is that of programs), and `things(people)` when its addresses
ask for something.
"""

from collections.abc import Iterator

from tests.matrix.cast import PROGRAMS, ROLES, access_of_rooms

SITE = """
home euros_kept search search_order legal source health web:style  | everybody
bylaws:rules bylaws:rule                                           | everybody
catalogue:photo catalogue:sheet                                    | everybody
demo_mailbox demo_email demo_sign_in                               | everybody
agenda_feed agreements:agenda                                      | everybody
bylaws:adopt                                                       | board
bylaws:what_if                                                     | members
payments:sandbox_webhook                                           | nobody
"""
"""The calendars open to whoever holds their secret address; the webhook to whoever can sign."""

ACCOUNT = """
account_login account_signup account_request_login_code account_logout account_inactive | everybody
account_reset_password account_reset_password_done                                      | everybody
account_reset_password_from_key account_reset_password_from_key_done                    | everybody
account_email_verification_sent account_confirm_login_code mfa_authenticate             | members
mfa_login_webauthn                                                                      | members
account_email account_change_password account_set_password account_reauthenticate       | members
mfa_index mfa_list_webauthn mfa_add_webauthn mfa_activate_totp                          | members
mfa_generate_recovery_codes                                                             | members
mfa_reauthenticate mfa_reauthenticate_webauthn mfa_edit_webauthn mfa_remove_webauthn    | members
mfa_view_recovery_codes mfa_download_recovery_codes mfa_deactivate_totp                 | nobody
"""
"""A visitor has not begun to sign in. Nobody has an app nor recovery codes; whoever would touch a
passkey is asked for their password first.
"""

MEMBERS = """
my_space my_cooperative my_data my_data_file choose_language renew_agenda basket | members
members:access_tokens members:create_organisation members:assistances            | members
members:revoke_access_token                                                      | buyer
members:organisation                                                             | everybody
members:edit_organisation members:people members:register_on_site                | producer
members:end_role members:withdraw_invitation                                     | producer
members:invitation                                                               | newcomer
members:assistance members:end_assistance                                        | buyer helper
documents:document documents:file                       | buyer helper reader manager clerk
documents:of_agreement                                  | buyer helper manager clerk
documents:credit                                        | manager clerk
documents:entries                                       | clerk
payments:pay                                            | buyer helper
"""
"""The key, the help, the receipt and the payment are the buyer's; the organisation is a farm."""

API = """
api:openapi-json api:search api:listing_of | everybody
api:api-root                               | nobody
api:signed_in_member                       | buyer_token other_token
"""

Table = dict[str, frozenset[str]]


def read(text: str, roles: tuple[str, ...]) -> Table:
    """Return the roles allowed, by name of address.

    Raises:
        ValueError: an address stands twice, or a role is not in the cast.
    """
    groups = {"everybody": roles, "members": roles[1:], "nobody": ()}
    table: Table = {}
    for line in filter(None, text.splitlines()):
        names, _bar, allowed = line.partition("|")
        chosen = groups.get(allowed.strip(), tuple(allowed.split()))
        for name in names.split():
            if name in table or not set(chosen) <= set(roles):
                raise ValueError(line)
            table[name] = frozenset(chosen)
    return table


def _of_rooms() -> Iterator[tuple[str, Table]]:
    for slug, access in access_of_rooms().items():
        for name, text in access.ACCESS.items():
            yield f"{slug}-{name}", read(text, roles_of(name))


def roles_of(section: str) -> tuple[str, ...]:
    """Return who knocks at the addresses of a section: programs at the API, people elsewhere."""
    return PROGRAMS if section.rpartition("-")[2] == "api" else ROLES


SECTIONS: dict[str, Table] = {
    "site": read(SITE, ROLES),
    "account": read(ACCOUNT, ROLES),
    "members": read(MEMBERS, ROLES),
    "api": read(API, PROGRAMS),
    **dict(_of_rooms()),
}
