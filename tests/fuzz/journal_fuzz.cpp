#include <ferry/journal.hpp>

#include <fuzz/fuzz.hpp>

using namespace ferry;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto record = parse_journal(fuzz::text_of(data, size));
    if (!record) return 0;
    const auto again = parse_journal(to_json(*record));
    require(again.has_value(), "what was read can be written");
    require(*again == *record, "and is the same");
    std::uint64_t position = 0;
    for (const auto& one : record->durable.ranges()) {
        require(one.first >= position && !one.empty(), "ranges are in order");
        position = one.end;
    }
    require(!record->size || position <= *record->size, "they end within the object");
    return 0;
}
