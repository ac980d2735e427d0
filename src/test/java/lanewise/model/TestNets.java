package lanewise.model;

import java.util.List;
import java.util.stream.IntStream;
import lanewise.model.VideoResNet.Convs;
import lanewise.model.VideoResNet.Mid;

/** Architectures of no published size, for tests. */
public final class TestNets {
    private TestNets() {}

    /** A net with torchvision's names. */
    static ResNet pictures(Block block, int stem, List<ResNet.Stage> stages, int groups, int classes) {
        return PictureNets.net(Layout.TORCHVISION, Layout.TORCHVISION.scope(), new ResNet.Body(block, ResNet.Stem.SEVEN,
                List.of(stem), stages, groups, ResNet.Shortcut.PROJECTION), classes);
    }

    /** A net for CIFAR with akamaster's names. */
    public static ResNet cifar(List<Integer> blocks, List<Integer> widths, int classes) {
        List<ResNet.Stage> stages = IntStream.range(0, blocks.size())
                .mapToObj(s -> new ResNet.Stage(blocks.get(s), widths.get(s), widths.get(s))).toList();
        return PictureNets.net(Layout.AKAMASTER, Layout.AKAMASTER.scope(), new ResNet.Body(Block.BASIC, ResNet.Stem.THREE,
                List.of(widths.getFirst()), stages, 1, ResNet.Shortcut.ZERO_PAD), classes);
    }

    /** A published video net with other blocks and widths of its stages. */
    static VideoResNet clips(String published, List<Integer> blocks, List<Integer> planes, int classes) {
        VideoResNet net = (VideoResNet) Architectures.named(published).orElseThrow();
        List<VideoResNet.Stage> stages = IntStream.range(0, blocks.size())
                .mapToObj(s -> new VideoResNet.Stage(blocks.get(s), planes.get(s))).toList();
        VideoResNet.Body body = net.body();
        boolean wrapped = classes > 0 || net.layout() != Layout.IRHUM;
        return VideoNets.net(net.layout(), wrapped ? net.scope() : net.layout().bare(), new VideoResNet.Body(body.block(),
                body.convs(), body.mid(), body.bias(), body.stem(), body.shortcut(), stages), classes);
    }

    /** The same with the published widths. */
    public static VideoResNet clips(String published, List<Integer> blocks, int classes) {
        return clips(published, blocks, List.of(64, 128, 256, 512), classes);
    }

    /** A video net of the given parts. */
    static VideoResNet clips(Layout layout, Block block, Convs convs, Mid mid, VideoResNet.Stem stem,
            VideoResNet.Shortcut shortcut, List<Integer> blocks, int classes) {
        List<VideoResNet.Stage> stages = IntStream.range(0, blocks.size())
                .mapToObj(s -> new VideoResNet.Stage(blocks.get(s), 64 << s)).toList();
        return VideoNets.net(layout, layout.scope(),
                new VideoResNet.Body(block, convs, mid, layout == Layout.IRHUM, stem, shortcut, stages), classes);
    }
}
