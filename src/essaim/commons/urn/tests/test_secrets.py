"""Keys kept by several, slips that all look alike, codes copied from paper."""

import json
import secrets
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.commons.urn import sealing
from essaim.commons.urn.rules import key_shares, paper_codes, slips
from essaim.commons.urn.rules.paper_codes import CodeMistyped
from essaim.commons.urn.rules.slips import Slip

KEYS = st.binary(min_size=32, max_size=32)


def cut(secret, count, threshold):
    return key_shares.cut(secret, count=count, threshold=threshold, draw=secrets.randbelow)


@given(secret=KEYS, count=st.integers(1, 6), data=st.data())
def test_enough_shares_give_the_secret_back_whichever_they_are(secret, count, data):
    threshold = data.draw(st.integers(1, count))
    shares = cut(secret, count, threshold)

    chosen = data.draw(st.permutations(shares))[:threshold]

    assert key_shares.join(chosen, length=32) == secret


@given(secret=KEYS)
def test_with_one_share_too_few_every_secret_remains_possible(secret):
    shares = cut(secret, 3, 3)[:2]

    # Whatever other secret one thinks of, some third share would give it.
    other = bytes(reversed(secret)) if secret != bytes(reversed(secret)) else bytes(32)
    forged = forged_share(shares, 3, other)

    assert key_shares.join([*shares, forged], length=32) == other


def forged_share(shares, rank, wanted):
    zero = key_shares.KeyShare(0, int.from_bytes(wanted))
    known = [zero, *shares]
    value = 0
    for share in known:
        weight = 1
        for other in known:
            if other.rank != share.rank:
                inverse = pow(share.rank - other.rank, -1, key_shares.PRIME)
                weight = weight * (rank - other.rank) * inverse % key_shares.PRIME
        value = (value + share.value * weight) % key_shares.PRIME
    return key_shares.KeyShare(rank, value)


def test_a_wrong_share_gives_another_secret():
    secret = secrets.token_bytes(32)
    for pair in combinations(cut(secret, 3, 2), 2):
        altered = [pair[0], key_shares.KeyShare(pair[1].rank, pair[1].value ^ 1)]
        assert key_shares.join(altered, length=66) != secret.rjust(66, b"\0")


@pytest.mark.parametrize(("count", "threshold"), [(2, 3), (0, 0), (3, 0)])
def test_a_key_is_never_cut_so_that_nobody_could_join_it(count, threshold):
    with pytest.raises(ValueError, match="threshold"):
        cut(b"x" * 32, count, threshold)


def test_the_same_share_given_twice_is_a_bug_of_the_caller():
    share = cut(b"x" * 32, 2, 2)[0]

    with pytest.raises(ValueError, match="one rank"):
        key_shares.join([share, share], length=32)


def test_what_is_sealed_opens_with_its_key_and_for_its_purpose_only():
    private, public = sealing.new_key()
    other_private, _ = sealing.new_key()
    sealed = sealing.seal(b"yes", public_key=public, purpose="urn 1")

    assert sealing.unseal(sealed, private_key=private, purpose="urn 1") == b"yes"
    assert sealing.public_key_of(private) == public
    for key, purpose in ((other_private, "urn 1"), (private, "urn 2")):
        with pytest.raises(sealing.NotTheKey):
            sealing.unseal(sealed, private_key=key, purpose=purpose)
    with pytest.raises(sealing.NotTheKey):
        sealing.unseal(sealed[:-1] + b"\x00", private_key=private, purpose="urn 1")


def test_the_same_slip_sealed_twice_cannot_be_told_from_two_slips():
    _, public = sealing.new_key()

    first, second = (sealing.seal(b"yes", public_key=public, purpose="u") for _ in range(2))

    assert first != second
    assert len(first) == len(second)


choices = st.one_of(
    st.sampled_from(["yes", "no", "abstain", "œuf"]),
    st.lists(st.sampled_from("abc"), max_size=3),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)),
)


@given(choice=choices)
def test_a_slip_is_read_as_it_was_written_and_all_have_one_length(choice):
    slip = Slip(slips.draw_tracker(secrets.randbelow), slips.canonical(choice), "00" * 16)

    written = slips.write(slip, length=200)

    assert len(written) == 200
    assert slips.read(written) == slip
    assert json.loads(slip.choice) == choice


def test_a_slip_that_does_not_fit_is_never_cut_short():
    with pytest.raises(ValueError, match="do not fit"):
        slips.write(Slip("A" * 10, "x" * 100, "00"), length=50)


def test_a_commitment_holds_to_each_part_of_the_slip():
    slip = Slip("ABCDEFGHJK", '"yes"', "00")
    others = [Slip("ABCDEFGHJL", '"yes"', "00"), Slip("ABCDEFGHJK", '"no"', "00"),
              Slip("ABCDEFGHJK", '"yes"', "01")]  # fmt: skip

    assert len({slips.commitment(one) for one in (slip, *others)}) == 4


@given(secret=KEYS)
def test_a_code_copied_from_paper_is_read_whatever_its_spaces_and_case(secret):
    code = paper_codes.write(secret)

    assert paper_codes.read(code.lower().replace("-", "  "), length=32) == secret


@given(secret=KEYS, data=st.data())
def test_one_letter_copied_wrong_is_noticed(secret, data):
    code = paper_codes.write(secret)
    place = data.draw(st.sampled_from([i for i, letter in enumerate(code) if letter != "-"]))
    letter = data.draw(st.sampled_from([one for one in slips.ALPHABET if one != code[place]]))

    typed = code[:place] + letter + code[place + 1 :]
    try:
        read = paper_codes.read(typed, length=32)
    except CodeMistyped:
        return
    assert read != secret  # one chance in a million; the urn then refuses the key


@pytest.mark.parametrize("typed", ["", "K7QD", "é" * 56, "A" * 400, "?" * 56])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(CodeMistyped):
        paper_codes.read(typed, length=32)
