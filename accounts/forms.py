from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """allauth's form without "remember me": a shared computer must not remember anybody."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
