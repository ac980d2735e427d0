package lanewise.weights;

import java.util.Map;

/**
 * A pickle that has been read.
 *
 * @param value what it describes
 * @param storages every storage it names, whole, by key
 * @param end the position in the file behind it
 */
record Pickle(PickleValue value, Map<String, PickleValue.Storage> storages, long end) {}
