"""Sentences of the sign-in library that every member reads, listed so that we translate them.

Our catalogue comes before the library's: its French says « vous enregistrer au préalable », ours
speaks as the rest of the site does.
"""

from essaim.kernel.errors import N_

SENTENCES = (
    N_("Sign In"),
    N_("Sign Up"),
    N_("Signup"),
    N_("Email"),
    N_("Password (again)"),
    N_("Forgot your password?"),
    N_("If you have not created an account yet, then please %(link)ssign up%(end_link)s first."),
    N_("Already have an account? Then please %(link)ssign in%(end_link)s."),
    N_("Sign in with a passkey"),
    N_("Send me a sign-in code"),
    N_("You will receive a special code for a password-free sign-in."),
    N_("Request Code"),
    N_("Other sign-in options"),
    N_("Enter Sign-In Code"),
    N_("Enter Email Verification Code"),
    N_("We've sent a code to %(recipient)s. The code expires shortly, so please enter it soon."),
    N_("Request new code"),
    N_("Forgot Password?"),
    N_(
        "Forgotten your password? Enter your email address below, and we'll send you an email "
        "allowing you to reset it."
    ),
    N_("Reset My Password"),
    N_("Please contact us if you have any trouble resetting your password."),
    N_("Are you sure you want to sign out?"),
    N_("Two-Factor Authentication"),
    N_("Authenticator App"),
    N_("An authenticator app is not active."),
    N_("Security Keys"),
    N_("No security keys have been added."),
    N_("Recovery Codes"),
    N_("No recovery codes set up."),
    N_("This functionality requires JavaScript."),
    N_("Password Reset"),
    # Said by our own pages too: without these, theirs would say "aujourd'hui" and "Supprimer".
    N_("Remove"),
    N_("today"),
)
