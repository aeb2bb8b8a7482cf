#include "cli/get/uploads.hpp"

#include "cli/control/home.hpp"

namespace ferry::cli {

/// Without a place for its state, an upload is only not continued by the next command.
upload_options how_to_upload(const std::string& protocol) {
    upload_options how;
    if (const auto where = find_home()) how.journals = where->uploads();
    how.how = parse_upload_protocol(protocol).value_or(upload_protocol::automatic);
    return how;
}

}  // namespace ferry::cli
