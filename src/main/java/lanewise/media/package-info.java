/**
 * From files to a model's input: pictures and clips are decoded within limits, resized, cropped and normalised as
 * torchvision does it. Video files need the {@code ffmpeg} program.
 */
package lanewise.media;
