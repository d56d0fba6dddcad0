"""The blocks that mmFormer, RFNet and M2FTrans share, against slow and obvious versions of themselves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from GSSCore.networks.layers.encoders import (
    ConvBlock,
    Encoder,
    ModalityEncoders,
    SharedDecoder,
    instance_norm,
    masked_concat,
    reflect,
    single_logits,
    upsample,
)
from small_networks import EVERY_SUBSET, head

WIDTHS = (3, 6, 12)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    "shape", [(3, 4, 5), (1, 4, 5), (3, 1, 5), (3, 4, 1), (1, 1, 5), (1, 3, 1), (1, 1, 1), (2, 2, 2)]
)
def test_padding_mirrors_and_a_single_voxel_is_repeated(shape: tuple[int, int, int]) -> None:
    x = noise(2, 3, *shape)
    expected = x.numpy()
    for axis, size in enumerate(shape, start=2):
        width = [(1, 1) if a == axis else (0, 0) for a in range(5)]
        expected = np.pad(expected, width, mode="reflect" if size > 1 else "edge")
    assert np.array_equal(reflect(x).numpy(), expected)


def test_instance_normalisation_is_its_formula() -> None:
    x = 3.0 * noise(2, 4, 3, 5, 2) + 7.0
    mean = x.mean((2, 3, 4), keepdim=True)
    variance = ((x - mean) ** 2).mean((2, 3, 4), keepdim=True)
    torch.testing.assert_close(instance_norm(x), (x - mean) / (variance + 1e-5).sqrt(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(instance_norm(x), F.instance_norm(x), rtol=1e-4, atol=1e-5)


def test_a_constant_channel_and_a_single_voxel_are_normalised_to_nothing() -> None:
    assert not instance_norm(noise(2, 3, 1, 1, 1)).any()
    assert not instance_norm(torch.full((1, 2, 3, 4, 5), 2.0)).any()


def test_normalisation_keeps_the_type() -> None:
    x = noise(1, 2, 4, 4, 4).bfloat16()
    assert instance_norm(x).dtype == torch.bfloat16
    torch.testing.assert_close(instance_norm(x).float(), instance_norm(x.float()), rtol=0.02, atol=0.02)


def test_enlarging_doubles_every_side_and_keeps_what_is_linear() -> None:
    x = torch.arange(4.0).reshape(1, 1, 4, 1, 1).expand(1, 1, 4, 3, 2)
    large = upsample(x)
    assert large.shape == (1, 1, 8, 6, 4)
    assert large[0, 0, 1:-1, 2, 1].tolist() == [0.25, 0.75, 1.25, 1.75, 2.25, 2.75]


def test_a_block_convolves_first_or_last() -> None:
    x = noise(1, 2, 4, 5, 6)
    for pre_norm in (False, True):
        torch.manual_seed(0)
        block = ConvBlock(2, 3, pre_norm=pre_norm)
        padded = F.leaky_relu(instance_norm(x), 0.2) if pre_norm else x
        expected = F.conv3d(reflect(padded), block.conv.weight, block.conv.bias)
        if not pre_norm:
            expected = F.leaky_relu(instance_norm(expected), 0.2)
        torch.testing.assert_close(block(x), expected)


def test_a_block_of_stride_2_halves_and_a_pointwise_one_does_not_pad() -> None:
    assert ConvBlock(2, 3, stride=2)(noise(1, 2, 4, 6, 2)).shape == (1, 3, 2, 3, 1)
    assert ConvBlock(2, 3, kernel=1)(noise(1, 2, 4, 6, 2)).shape == (1, 3, 4, 6, 2)
    with pytest.raises(ValueError, match="1 or 3 voxels"):
        ConvBlock(2, 3, kernel=5)


def convolutions(module: nn.Module) -> list[tuple[int, int, int, int]]:
    """Return channels in and out, kernel and stride of each convolution, all of which must have a bias."""
    found = [conv for conv in module.modules() if isinstance(conv, nn.Conv3d)]
    assert all(conv.bias is not None for conv in found)
    return [(conv.in_channels, conv.out_channels, conv.kernel_size[0], conv.stride[0]) for conv in found]


@pytest.mark.parametrize("pre_norm", [False, True])
def test_encoder_and_decoder_have_the_convolutions_of_the_papers(pre_norm: bool) -> None:
    of_encoder = []
    for inputs, width, stride in ((1, 3, 1), (3, 6, 2), (6, 12, 2)):
        of_encoder += [(inputs, width, 3, stride), (width, width, 3, 1), (width, width, 3, 1)]
    assert convolutions(Encoder(WIDTHS, pre_norm)) == of_encoder
    of_decoder = [(6, 3, 3, 1), (12, 6, 3, 1), (6, 3, 3, 1), (3, 3, 1, 1), (12, 6, 3, 1), (6, 6, 1, 1), (3, 4, 1, 1)]
    assert convolutions(SharedDecoder(WIDTHS, pre_norm)) == of_decoder


@pytest.mark.parametrize("made", [ModalityEncoders, SharedDecoder])
@pytest.mark.parametrize("pre_norm", [False, True])
def test_every_block_has_the_order_that_was_asked_for(made: type[nn.Module], pre_norm: bool) -> None:
    orders = {block.pre_norm for block in made(WIDTHS, pre_norm).modules() if isinstance(block, ConvBlock)}
    assert orders == {pre_norm}


def test_kernels_start_normally_distributed_with_the_width_that_keeps_the_variance() -> None:
    torch.manual_seed(0)
    weight = ConvBlock(32, 48).conv.weight.detach()
    expected = (2.0 / (1.0 + 0.2**2) / (32 * 27)) ** 0.5
    assert float(weight.std()) == pytest.approx(expected, rel=0.01)
    # A uniform distribution ends at 1.7 standard deviations.
    assert float((weight.abs() > 2.0 * expected).float().mean()) == pytest.approx(0.0455, rel=0.1)


@pytest.mark.parametrize("pre_norm", [False, True])
def test_an_encoder_is_stages_that_add_two_convolutions_to_one(pre_norm: bool) -> None:
    encoder = Encoder(WIDTHS, pre_norm)
    x = noise(2, 1, 8, 4, 12)
    levels = encoder(x)
    assert [tuple(level.shape) for level in levels] == [(2, 3, 8, 4, 12), (2, 6, 4, 2, 6), (2, 12, 2, 1, 3)]
    for stage, level in zip(encoder.stages, levels, strict=True):
        a = stage.first(x)
        b, c = stage.residual
        torch.testing.assert_close(level, a + c(b(a)))
        x = level


def test_a_pre_norm_encoder_takes_the_image_as_it_is() -> None:
    x = noise(1, 1, 4, 4, 4)
    bright = Encoder(WIDTHS, pre_norm=True).stages[0].first
    torch.testing.assert_close(
        bright(3.0 * x) - bright(0.0 * x), 3.0 * (bright(x) - bright(0.0 * x)), rtol=1e-4, atol=1e-4
    )


@torch.inference_mode()
def test_encoders_equal_each_modality_run_for_itself() -> None:
    encoders = ModalityEncoders(WIDTHS)
    images = head(15, shape=(4, 8, 12))
    images[~EVERY_SUBSET] = torch.nan
    levels = encoders(images, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET):
        for m in range(4):
            alone = encoders.encoders[m](images[b : b + 1, m : m + 1])
            for level, expected in zip(levels, alone, strict=True):
                assert level.shape[:2] == (15, 4)
                if available[m]:
                    torch.testing.assert_close(level[b, m], expected[0], rtol=1e-3, atol=1e-4)
                else:
                    assert not level[b, m].any()


def test_an_encoder_without_a_sample_does_not_run() -> None:
    encoders = ModalityEncoders(WIDTHS)
    seen: list[tuple[int, int]] = []
    for number, encoder in enumerate(encoders.encoders):
        encoder.register_forward_hook(lambda module, args, result, number=number: seen.append((number, len(args[0]))))
    encoders(head(3, shape=(4, 4, 4)), torch.tensor([[True, False, True, False]] * 2 + [[False, False, True, False]]))
    assert seen == [(0, 2), (2, 3)]


@torch.inference_mode()
def test_the_decoder_goes_up_level_by_level() -> None:
    decoder = SharedDecoder(WIDTHS)
    levels = [noise(2, width, 8 // 2**i, 4 // 2**i, 12 // 2**i, seed=i) for i, width in enumerate(WIDTHS)]
    middle = decoder.joins[1](torch.cat((levels[1], decoder.ups[1](upsample(levels[2]))), 1))
    top = decoder.joins[0](torch.cat((levels[0], decoder.ups[0](upsample(middle))), 1))
    torch.testing.assert_close(decoder(levels), decoder.head(top))
    assert decoder(levels).shape == (2, 4, 8, 4, 12)


@torch.inference_mode()
def test_single_predictions_are_decoded_for_what_is_available_alone() -> None:
    decoder = SharedDecoder(WIDTHS)
    features = [noise(15, 4, width, 8 // 2**i, 4 // 2**i, 12 // 2**i, seed=i) for i, width in enumerate(WIDTHS)]
    logits = single_logits(decoder, features, EVERY_SUBSET)
    for b, available in enumerate(EVERY_SUBSET):
        for m in range(4):
            if available[m]:
                expected = decoder([level[b, m][None] for level in features])[0]
                torch.testing.assert_close(logits[b, m], expected, rtol=1e-4, atol=1e-5)
            else:
                assert not logits[b, m].any()


def test_joining_leaves_out_what_is_missing_whatever_it_holds() -> None:
    features = noise(15, 4, 3, 2, 1, 2)
    features[~EVERY_SUBSET] = torch.nan
    joined = masked_concat(features, EVERY_SUBSET)
    assert joined.shape == (15, 12, 2, 1, 2)
    for b, available in enumerate(EVERY_SUBSET):
        for m in range(4):
            part = joined[b, 3 * m : 3 * m + 3]
            assert torch.equal(part, features[b, m]) if available[m] else not part.any()
