package lanewise.model;

/** The published ways to name a network's tensors, each by the project that writes such files. */
public enum Layout {
    TORCHVISION("torchvision", Keys.TORCHVISION, "", "fc"),
    TIMM("timm", Keys.TORCHVISION, "", "fc"),
    HUGGING_FACE("Hugging Face transformers", Keys.HUGGING_FACE, "resnet", "classifier.1"),
    AKAMASTER("akamaster/pytorch_resnet_cifar10", Keys.TORCHVISION, "", "linear"),
    CHENYAOFO("chenyaofo/pytorch-cifar-models", Keys.TORCHVISION, "", "fc"),
    KUANGLIU("kuangliu/pytorch-cifar", Keys.KUANGLIU, "", "linear"),
    TORCHVISION_VIDEO("torchvision video", Keys.TORCHVISION_VIDEO, "", "fc"),
    VMZ("VMZ and ig65m", Keys.TORCHVISION_VIDEO, "", "fc"),
    IRHUM("irhum/R2Plus1D-PyTorch", Keys.IRHUM, "res2plus1d", "linear"),
    KENSHOHARA("kenshohara/3D-ResNets-PyTorch", Keys.KENSHOHARA, "", "fc"),
    MMACTION2("mmaction2", Keys.MMACTION2, "backbone", "cls_head.fc_cls"),
    PYTORCHVIDEO("pytorchvideo", Keys.PYTORCHVIDEO, "", "blocks.5.proj");

    private final String title;
    final Keys keys;
    private final String net;
    private final String head;

    Layout(String title, Keys keys, String net, String head) {
        this.title = title;
        this.keys = keys;
        this.net = net;
        this.head = head;
    }

    /** The project's name, for people. */
    public String title() {
        return title;
    }

    /** Where a file of a network with its classifier has these. */
    Scope scope() {
        return new Scope(net, head);
    }

    /** Where a file of the network alone has these: the scope around it goes with the classifier. */
    Scope bare() {
        return new Scope("", head);
    }
}
