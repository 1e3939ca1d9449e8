"""What people say of the aspects that are asked for most: phrases, praise and blame alike.

An aspect whose name holds one of the words is paraphrased by the phrases beside it; any other is
known by its name alone. All of them together are the background that a name is set apart from.
Written by hand, in the words of reviews of any field. Not covered: languages other than English.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sentilora.insights.themes.terms import stem, words_in

PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "price pricing cost value fee money expensive cheap": (
            "very expensive",
            "cheap prices",
            "good value for money",
            "a waste of money",
            "hidden fees and charges",
            "overpriced",
            "saves me money",
        ),
        "discount promotion offer deal coupon voucher reward loyalty sale": (
            "great discounts and offers",
            "my promo code does not work",
            "coupons and vouchers",
            "collecting points and rewards",
            "good deals",
        ),
        "staff employee agent personnel team driver attitude service support": (
            "the staff were friendly and helpful",
            "rude and unprofessional staff",
            "excellent customer service",
            "the agent was polite and knowledgeable",
            "nobody cares about customers",
            "she was very kind and patient",
        ),
        "speed fast quick wait time delay": (
            "very fast",
            "quick and prompt",
            "it takes far too long",
            "slow",
            "long waiting times",
            "arrived quickly",
            "always late",
        ),
        "delivery shipping shipment courier logistic parcel": (
            "fast delivery",
            "my parcel never arrived",
            "delivered late",
            "the courier left it outside",
            "shipping took weeks",
        ),
        "app application website site online software page": (
            "great app",
            "the app keeps crashing",
            "the website does not work",
            "useful application",
            "it freezes since the update",
            "nice website",
            "bugs and errors",
        ),
        "ease easy usability usable convenience navigation simple": (
            "easy to use",
            "very user friendly",
            "simple and convenient",
            "complicated and confusing",
            "hard to find anything",
            "straightforward",
        ),
        "satisfaction satisfied overall experience impression": (
            "excellent",
            "very good",
            "I love it",
            "great experience",
            "terrible, very disappointed",
            "highly recommend",
            "worst company ever",
            "happy customer",
        ),
        "competitor competition alternative rival": (
            "better than the competitors",
            "I will switch to another company",
            "cheaper elsewhere",
            "the best of all the apps I tried",
            "other apps are much better",
            "compared with others",
        ),
        "account login access password": (
            "I cannot log in",
            "my account was blocked",
            "forgot my password",
            "unable to sign in",
            "verification does not work",
        ),
        "phone telephone call hotline": (
            "nobody answers the phone",
            "I called customer service",
            "helpful on the phone",
            "they never call back",
            "on hold for an hour",
        ),
        "email mail newsletter": (
            "no reply to my emails",
            "I sent an email",
            "they answered my email",
            "confirmation email never came",
        ),
        "review rating testimonial": (
            "helpful reviews of other people",
            "the reviews are fake",
            "I read the reviews",
            "after reading the good reviews",
        ),
    }
)
# What is said of a name itself, so that no single spelling decides.
TEMPLATES = (
    "{}",
    "{}.",
    "The {} is good.",
    "The {} is bad.",
    "I have a problem with the {}.",
    "This is about the {}.",
    "I love the {}.",
    "poor {}",
    "great {}",
)
_FILLERS = frozenset(("of", "for", "the", "and", "or", "a", "an", "to", "in", "on", "with", "my"))


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that mean something, in small letters."""
    words = tuple(words_in(name))
    return tuple(word for word in words if word not in _FILLERS) or words


def phrases_of(name: str) -> tuple[str, ...]:
    """Return the phrases that paraphrase a name; none for one that the table does not know."""
    stems = {stem(word) for word in name_words(name)}
    return tuple(
        phrase
        for words, phrases in PHRASES.items()
        if stems & set(words.split())
        for phrase in phrases
    )
