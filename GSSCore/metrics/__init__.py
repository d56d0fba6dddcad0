"""Single measures of one label map against another: overlap of regions, distances of surfaces, lesions one by one."""
