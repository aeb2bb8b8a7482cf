#pragma once

#include <ferry/detail/held.hpp>
#include <ferry/publisher.hpp>

#include <string>
#include <utility>

namespace ferry::detail {

/// What gives a held file its name, if it is as it was when it got its mark.
/// @param to  Absolute.
inline publication publication_of_held(
    std::string to, const transfer_options& options, const std::string& mark) {
    publication file;
    file.destination = std::move(to);
    file.replace = may_replace(options.existing);
    file.durable = options.sync == sync_policy::automatic;
    auto paths = partial_of(file.destination);
    file.partial = std::move(paths.data);
    file.journal = std::move(paths.journal);
    file.mark = without_boot(mark);
    const bool synced = boot_of(mark).empty();
    const bool safe = synced || (options.sync == sync_policy::never && was_made_now(mark));
    if (!safe || file.mark.empty()) file.mark = "of nothing, or of what was not synced";
    return file;
}

}  // namespace ferry::detail
