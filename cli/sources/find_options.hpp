#pragma once

namespace ferry::cli {

/// Which files a source with wildcards, or a folder, stands for.
struct find_options {
    bool recursive = false;     ///< folders too, with all that they hold
    bool hidden = false;        ///< names that begin with a dot
    bool follow_links = false;  ///< what a link leads to, as if it were there itself
};

}  // namespace ferry::cli
