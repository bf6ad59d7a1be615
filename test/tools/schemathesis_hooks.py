"""What Schemathesis leaves alone: the key that it comes with. It finds the key's id in the list of keys and would revoke
it or end it by rotation, and be answered 403 to all that follows. Environment: API_KEY."""

import os

import schemathesis

# sk_test_<16 digits of the key's id><its secret>
OWN_KEY_ID = "key_" + os.environ["API_KEY"].split("_")[2][:16]


@schemathesis.hook
def before_call(context, case, kwargs):
    if (case.path_parameters or {}).get("keyId") == OWN_KEY_ID:
        case.path_parameters["keyId"] = "key_of_nobody"
