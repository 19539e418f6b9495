from django.urls import path

from . import views

urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("leave/", views.quick_exit, name="quick_exit"),
    path("again/", views.resume_form, name="resume_form"),
    path("me/", views.my_account, name="my_account"),
    path("me/here/", views.still_here, name="still_here"),
    path("me/sessions/", views.own_sessions, name="own_sessions"),
    path("me/sign-in/", views.sign_in_methods, name="sign_in_methods"),
    path("me/sign-in/first/", views.second_factor, name="second_factor"),
    path("me/sign-in/application/", views.totp_add, name="totp_add"),
    path("me/sign-in/passkey/", views.passkey_add, name="passkey_add"),
    path("me/sign-in/codes/", views.recovery_codes, name="recovery_codes"),
    path("me/sign-in/<int:pk>/name/", views.passkey_rename, name="passkey_rename"),
    path("me/sign-in/<int:pk>/remove/", views.factor_remove, name="factor_remove"),
    path("invitations/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("emergency/", views.elevate, name="elevate"),
    path("emergency/reviews/", views.elevations, name="elevations"),
    path("emergency/<uuid:pk>/", views.elevation, name="elevation"),
    path("emergency/<uuid:pk>/end/", views.elevation_end, name="elevation_end"),
    path("access/", views.access, name="access"),
    path("access/lost/", views.factor_resets, name="factor_resets"),
    path("access/lost/<uuid:pk>/answer/", views.factor_reset_answer, name="factor_reset_answer"),
    path("access/accounts/<uuid:pk>/lost/", views.factor_reset_ask, name="factor_reset_ask"),
    path("new-factor/<str:token>/", views.new_factor, name="new_factor"),
    path("access/invite/", views.invite, name="invite"),
    path("access/invitations/<uuid:pk>/resend/", views.invitation_resend, name="invitation_resend"),
    path(
        "access/invitations/<uuid:pk>/withdraw/",
        views.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("access/accounts/<uuid:pk>/", views.account, name="account"),
    path(
        "access/accounts/<uuid:pk>/deactivate/",
        views.account_deactivate,
        name="account_deactivate",
    ),
    path(
        "access/accounts/<uuid:pk>/reactivate/",
        views.account_reactivate,
        name="account_reactivate",
    ),
    path("access/accounts/<uuid:pk>/grant/", views.membership_grant, name="membership_grant"),
    path("access/memberships/<uuid:pk>/end/", views.membership_end, name="membership_end"),
]
