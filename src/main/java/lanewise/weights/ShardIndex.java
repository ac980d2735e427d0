package lanewise.weights;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The index of a checkpoint in several files, as {@code model.safetensors.index.json}: a JSON object whose
 * {@code weight_map} gives for each tensor the file it is in, beside the index (source: Hugging Face's sharded
 * checkpoints).
 */
final class ShardIndex {
    private static final int MOST_SHARDS = 1_000;
    /** What file systems allow. */
    private static final int LONGEST_NAME = 255;
    private static final String PLACE = "index";
    private static final String MAP = "weight_map";

    private final FileBytes file;
    private final Budget budget;
    private final Map<String, String> shardOf = new LinkedHashMap<>();

    private ShardIndex(FileBytes file, Budget budget) {
        this.file = file;
        this.budget = budget;
    }

    /** Whether a file that starts with {@code head} may be an index: JSON text of an object. */
    static boolean recognises(byte[] head) {
        for (byte one : head) {
            if (" \t\r\n".indexOf(one) < 0) {
                return one == '{';
            }
        }
        return false;
    }

    static ShardIndex read(FileBytes file, Budget budget) throws WeightException {
        if (file.size() > JsonText.LONGEST) {
            throw file.fault(PLACE, "at most " + JsonText.LONGEST + " bytes", file.size() + " bytes",
                    "give the index of a sharded checkpoint");
        }
        ShardIndex index = new ShardIndex(file, budget);
        boolean found = JsonText.read(file, PLACE, 0, file.size(), index::content);
        if (!found || index.shardOf.isEmpty()) {
            throw file.fault(PLACE, "tensors and their files in " + MAP, found ? "none" : "no " + MAP,
                    "give a weight file, or the index of a sharded checkpoint");
        }
        return index;
    }

    private boolean content(JsonText json) throws IOException, WeightException {
        boolean found = false;
        json.next(PLACE, JsonToken.START_OBJECT);
        for (String name = json.field(PLACE); name != null; name = json.field(PLACE)) {
            if (name.equals(MAP)) {
                found = true;
                map(json);
            } else {
                JsonText.charge(budget, PLACE, name.length());
                json.skip(budget, PLACE);
            }
        }
        return found;
    }

    private void map(JsonText json) throws IOException, WeightException {
        Map<String, String> shards = new LinkedHashMap<>();
        json.next(MAP, JsonToken.START_OBJECT);
        for (String tensor = json.field(MAP); tensor != null; tensor = json.field(MAP)) {
            json.next(MAP + " " + tensor, JsonToken.VALUE_STRING);
            JsonText.charge(budget, tensor, tensor.length());
            String shard = json.text();
            if (!shards.containsKey(shard)) {
                checkName(shard);
                if (shards.size() == MOST_SHARDS) {
                    throw file.fault(MAP, "at most " + MOST_SHARDS + " files", "more", "write fewer, larger files");
                }
            }
            // One string for all tensors of a shard.
            shardOf.put(tensor, shards.computeIfAbsent(shard, same -> same));
        }
    }

    /** A shard lies beside the index and nowhere else. */
    private void checkName(String shard) throws WeightException {
        boolean plain = !shard.isEmpty() && shard.length() <= LONGEST_NAME && !shard.equals(".") && !shard.equals("..")
                && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
        if (!plain) {
            throw file.fault(MAP, "names of files beside the index", "'" + shard + "'", "do not load this checkpoint");
        }
    }

    /** The names of the files, each once. */
    List<String> shards() {
        return shardOf.values().stream().distinct().toList();
    }

    Path path(String shard) throws WeightException {
        try {
            return file.path().resolveSibling(shard);
        } catch (InvalidPathException e) {
            throw file.fault(MAP, "names that this system's character set has", "'" + shard + "'", "set LC_ALL=C.UTF-8");
        }
    }

    /** One checkpoint of the contents of all shards, in the order of the index, which must list exactly what they hold. */
    Checkpoint join(Map<String, Checkpoint> parts) throws WeightException {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : shardOf.entrySet()) {
            WeightTensor tensor = parts.get(entry.getValue()).tensors().get(entry.getKey());
            if (tensor == null) {
                throw file.fault(entry.getKey(), "a tensor in " + entry.getValue(), "none of this name",
                        "fetch the index and its files again");
            }
            tensors.put(entry.getKey(), tensor);
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        WeightFile.Format format = parts.values().iterator().next().format();
        for (Map.Entry<String, Checkpoint> part : parts.entrySet()) {
            for (String name : part.getValue().tensors().keySet()) {
                if (!part.getKey().equals(shardOf.get(name))) {
                    throw file.fault(name, "listed as in " + part.getKey(), "listed as in " + shardOf.get(name),
                            "fetch the index and its files again");
                }
            }
            if (part.getValue().format() != format) {
                throw file.fault(part.getKey(), "a " + format + " file as the first one", part.getValue().format().toString(),
                        "fetch the index and its files again");
            }
            part.getValue().metadata().forEach(metadata::putIfAbsent);
        }
        return new Checkpoint(format, tensors, metadata);
    }
}
